import SwiftGANKernels
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Which instruction set a process chooses, at its first question: each test has a process of its own.
@Suite struct KernelChoiceTests {
  @Test func tilesAreNamedAndReportedWhereTheyAreMissing() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      setenv("SWIFTGAN_ISA", "avx512_amx", 1)
      #expect(String(cString: sgk_isa_name(SGK_AVX512_AMX)) == "avx512_amx")
      #expect(sgk_isa_current() == sgk_isa_supported())
    }
    let said = String(decoding: result.standardErrorContent, as: UTF8.self)
    let best = String(cString: sgk_isa_name(sgk_isa_supported()))
    let complaint = "swiftgan: SWIFTGAN_ISA='avx512_amx', but this CPU does not have it; using \(best)"
    #expect(said.contains(complaint) == (sgk_isa_supported() != SGK_AVX512_AMX))
  }

  @Test func namesThatAreNoneAreReported() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      setenv("SWIFTGAN_ISA", "amx", 1)
      #expect(sgk_isa_current() == sgk_isa_supported())
    }
    let said = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(said.contains("'amx' is not one of portable, avx2, avx512, avx512_bf16, avx512_amx; using"))
  }
}
