/// placeholder
#[derive(Debug, Clone, Copy)]
pub enum Operation {
    /// x
    X,
}
impl Operation {
    /// n
    pub fn name(self) -> &'static str {
        "x"
    }
}
