// zlib, installed by the system (zlib1g-dev).
#include <zlib.h>

// inflateInit2 is a macro, which Swift does not see. 15 bits of window, 32 to detect gzip and zlib headers by their bytes.
static inline int trace_distiller_inflate_init(z_streamp stream) { return inflateInit2(stream, 15 + 32); }
