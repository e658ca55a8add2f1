//! One report model; a file per output.
