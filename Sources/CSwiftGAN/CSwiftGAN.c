// The header is the module; SwiftPM wants one source file in every C target.
#include "swiftgan.h"
