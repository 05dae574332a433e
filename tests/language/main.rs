//! The suite `language`.
