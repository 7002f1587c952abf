import SwiftGANModels
import Testing

/// The embedded digits against figures taken from scikit-learn's `load_digits` (python/tests compares every pixel).
@Suite struct DigitsTests {
  @Test func shapesAndRanges() {
    let (images, labels) = (Digits.images(), Digits.labels())
    #expect(Digits.count == 1797)
    #expect(images.count == 1797 * 8 * 8)
    #expect(labels.count == 1797)
    #expect(images.max() == Digits.maximumPixel)
    #expect(images.min() == 0)
  }

  @Test func firstImageIsTheKnownZero() {
    #expect(Array(Digits.images()[0..<16]) == [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0])
    #expect(Array(Digits.labels()[0..<10]) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  }

  @Test func classesOccurAsOftenAsInTheSource() {
    var histogram = [Int](repeating: 0, count: Digits.classCount)
    for label in Digits.labels() { histogram[Int(label)] += 1 }
    #expect(histogram == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
  }

  @Test func everyValueIsTheSources() {
    // FNV-1a over all pixels, then all labels.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for value in Digits.images() + Digits.labels() { hash = (hash ^ UInt64(value)) &* 0x100_0000_01b3 }
    #expect(hash == 0x9975_5255_092d_82a1)
  }

  @Test func attributionNamesSourceAndLicence() {
    #expect(Digits.attribution.contains("10.24432/C50P49"))
    #expect(Digits.attribution.contains("CC BY 4.0"))
  }
}
