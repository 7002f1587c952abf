// Which instructions this process uses, chosen once from what the CPU has and the environment asks for.
#ifndef SGK_CPU_H
#define SGK_CPU_H

// Each level has the instructions of those before it.
typedef enum sgk_isa {
  SGK_PORTABLE = 0,
  SGK_AVX2 = 1,         // with FMA
  SGK_AVX512 = 2,       // F, BW, DQ, VL
  SGK_AVX512_BF16 = 3,
  SGK_AVX512_AMX = 4,   // the tiles of AMX with products of bfloat16
} sgk_isa;

// The best level that the CPU and operating system support. Tiles count only if the system lets this process have them,
// which it is asked once, and if products in them come out right when they are tried.
sgk_isa sgk_isa_supported(void);
// The level in use: the best supported, or SWIFTGAN_ISA (portable, avx2, avx512, avx512_bf16, avx512_amx) when set. A level
// that is unknown or that the CPU lacks is reported once on standard error, and the best supported level is used.
sgk_isa sgk_isa_current(void);
// Sets the level for the process (used by tests). Returns the level now in use: `isa`, or the best supported below it.
sgk_isa sgk_isa_set(sgk_isa isa);
const char *sgk_isa_name(sgk_isa isa);
// What the CPU calls itself, as in "AMD EPYC 9654"; "unknown" where it cannot be asked.
const char *sgk_cpu_name(void);

#endif
