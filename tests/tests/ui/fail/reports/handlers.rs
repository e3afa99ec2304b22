// Of `block_with_mod_file.rs`.
pub async fn included() {}
