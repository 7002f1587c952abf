import SwiftGANCore
import Testing

@testable import SwiftGANModels

@Suite struct ResultBufferTests {
  @Test func piecesLieWhereTheyWerePut() throws {
    let result = try ResultBuffer([3, 2, 2], dtype: .int32)
    try result.write(Tensor([1, 2, 3, 4] as [Int32]).reshape([1, 2, 2]), at: 2)
    try result.write(Tensor([5, 6, 7, 8] as [Int32]).reshape([2, 1, 2]), at: 0, column: 1)
    try result.write(Tensor([9, 10, 11, 12] as [Int32]).reshape([2, 1, 2]), at: 0, column: 0)
    #expect(try result.tensor.scalars(as: Int32.self) == [9, 10, 5, 6, 11, 12, 7, 8, 1, 2, 3, 4])
  }

  /// What does not fit is not written: nothing beside the result is touched.
  @Test func whatDoesNotFitIsRefused() throws {
    let result = try ResultBuffer([3, 2, 2], dtype: .float32)
    func refused(_ body: () throws -> Void) -> Bool { Support.message(body).contains("does not go into") }
    #expect(refused { try result.write(Tensor.zeros([2, 2, 2]), at: 2) })
    #expect(refused { try result.write(Tensor.zeros([1, 2, 3]), at: 0) })
    #expect(refused { try result.write(Tensor.zeros([1, 2, 2], dtype: .float64), at: 0) })
    #expect(refused { try result.write(Tensor.zeros([1, 2, 2]), at: 0, column: 1) })
    #expect(refused { try result.write(Tensor.zeros([2]), at: 0, column: 0) })
    #expect(Support.message { try result.write(Tensor.zeros([2]).reshape([3]), at: 0) }.contains("reshape"))
    #expect(throws: TensorError.self) { _ = try ResultBuffer([1 << 40, 1 << 30], dtype: .float32) }
  }
}
