// The user's choice of JSON library, seen from Swift. Nothing but the header: what Swift cannot import
// (function-like macros) is spelled out where it is used.
#include <jansson.h>
