pub fn verify(
    _before: &crate::source::SourceFile,
    _after: &crate::source::SourceFile,
    _edits: &[crate::fix::Edit],
    _changes: &[crate::fix::Change],
) -> Result<(), String> {
    Ok(())
}
