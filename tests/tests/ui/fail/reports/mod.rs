//! Of `attribute_on_mod_file.rs`.
