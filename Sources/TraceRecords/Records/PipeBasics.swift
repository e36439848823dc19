// Re-exports what writers and readers of records share, so that code which reads records needs only one import.

@_exported public import PipeBasics
