//! Messages of constants.

/// Text put together while compiling; what does not fit is left out.
pub(super) struct Text {
    bytes: [u8; 512],
    length: usize,
}

impl Text {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; 512], length: 0 }
    }

    pub(super) const fn push(&mut self, text: &str) {
        let text = text.as_bytes();
        if self.length + text.len() > self.bytes.len() {
            return;
        }
        let mut at = 0;
        while at < text.len() {
            self.bytes[self.length + at] = text[at];
            at += 1;
        }
        self.length += text.len();
    }

    /// `a`, `b`, and so on while they fit.
    pub(super) const fn push_list(&mut self, names: &[&str]) {
        let mut at = 0;
        while at < names.len() {
            if at > 0 {
                self.push(", ");
            }
            if self.length + names[at].len() + "``, ..".len() > self.bytes.len() {
                self.push("..");
                return;
            }
            self.push("`");
            self.push(names[at]);
            self.push("`");
            at += 1;
        }
    }

    pub(super) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "this cannot be",
        }
    }
}
