import SwiftGANCore
import Testing

@Suite struct ReshapeTests {
  let x = Tensor.arange(0, 120, dtype: .float64).reshape([4, 3, 10])

  /// Views whose axes lie evenly in memory, some of them or none.
  @Test func viewsReshapeAsTheirCopies() throws {
    let views = [
      x.sliced(axis: 2, to: 4), x.sliced(axis: 2, from: 1, to: 9, step: 2), x.sliced(axis: 1, from: 1),
      x.flip(axes: [0, 1]), x.flip(axes: [2]), x.transposed(), x.swapAxes(0, 1), x.sliced(axis: 0, step: 2),
      x.sliced(axis: 1, to: 1), x.sliced(axis: 0, to: 1).broadcast(to: [2, 3, 10]), x.sliced(axis: 2, to: 0),
    ]
    for view in views {
      let count = view.count
      var targets = [[count], [1, count, 1], [view.shape[0], -1], [-1, view.shape[2]], view.shape + [1]]
      if count > 0, count % 4 == 0 { targets += [[2, 2, -1], [-1, 2], [2, -1, 2]] }
      for target in targets where count > 0 || !target.contains(-1) {
        let found = try view.reshape(target).checked()
        let expected = try view.contiguous().reshape(target).checked()
        #expect(found.shape == expected.shape)
        #expect(try found.doubles() == expected.doubles(), "\(view.shape) to \(target)")
      }
    }
  }

  /// Rows of a part of the columns stay where they are: a product reads them in place.
  @Test func evenAxesAreJoinedWithoutACopy() {
    let part = x.sliced(axis: 2, to: 4)
    #expect(part.reshape([12, 4]).address == part.address && !part.reshape([12, 4]).isContiguous)
    #expect(part.reshape([2, 6, 2, 2]).address == part.address)
    #expect(part.reshape([48]).address != part.address)
    #expect(x.swapAxes(0, 1).reshape([12, 10]).address != x.address)
  }
}
