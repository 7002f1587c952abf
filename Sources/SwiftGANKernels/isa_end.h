// Closes the region that isa_begin.h opened.
#if SGK_LEVEL_EXISTS && SGK_LEVEL > 0
#pragma clang attribute pop
#endif
