//! One neutral plan of cleanup steps; a file per dialect.
