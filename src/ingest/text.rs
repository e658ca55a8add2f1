//! Encodings of text inputs.
