// Whoever reads records needs what programs that write them agree upon with their readers; one import is enough.

@_exported public import PipeBasics
