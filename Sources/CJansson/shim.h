// The user's choice of JSON library, imported into Swift. This file only includes the header: function-like macros, which Swift cannot
// import, are written out where they are used.
#include <jansson.h>
