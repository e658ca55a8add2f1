//! Finding the table inside a sheet: heading row below titles, group and total rows.
