import CSwiftGANData
import SwiftGANCore

/// The 1,797 handwritten digits that scikit-learn ships as `load_digits`: 8 by 8 pixels, values 0 to 16, classes 0 to 9.
///
/// They are the test part of the UCI "Optical Recognition of Handwritten Digits" data set, each made from a 32 by 32
/// bitmap by counting the set pixels of every 4 by 4 block. The order is scikit-learn's. The data are compiled into the
/// library, so reading them needs no file, no download and no other package.
///
/// ```swift
/// let pixels = Digits.images()                       // 1,797 * 8 * 8 values, row-major
/// let first = Array(pixels[0..<64])                  // a zero
/// let scaled = pixels.map { Float($0) / 8 - 1 }      // in [-1, 1], as the generators expect
/// ```
///
/// Source: E. Alpaydin and C. Kaynak (1998), doi:10.24432/C50P49, licence CC BY 4.0.
public enum Digits {
  /// How many images there are: 1,797.
  public static let count = Int(sgd_digits_count())

  /// The height and the width of an image in pixels: 8.
  public static let side = 8

  /// How many classes there are: the digits 0 to 9.
  public static let classCount = 10

  /// The largest value that a pixel takes: 16, full ink. The smallest is 0, bare paper.
  public static let maximumPixel: UInt8 = 16

  /// Who made the data, where they come from and under which licence, as the licence asks to be shown.
  public static let attribution = """
    Optical Recognition of Handwritten Digits (test part), E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, \
    1998, https://doi.org/10.24432/C50P49, licensed CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)
    """

  /// The pixels of all images.
  ///
  /// - Returns: `count * side * side` values from 0 to 16: image after image, row after row.
  /// - Complexity: One pass over the data, about 0.1 ms; call it once and keep the result.
  public static func images() -> [UInt8] {
    // A pixel may straddle two words. 64 pixels of 5 bits fill five words exactly, so none reaches past the last.
    let pixelCount = count * side * side
    let words = UnsafeBufferPointer(start: sgd_digits_words(), count: pixelCount * bitsPerPixel / UInt64.bitWidth)
    return [UInt8](unsafeUninitializedCapacity: pixelCount) { pixels, initialized in
      for index in 0..<pixelCount {
        let (word, offset) = (index * bitsPerPixel).quotientAndRemainder(dividingBy: UInt64.bitWidth)
        var bits = words[word] << UInt64(offset)
        let missing = offset + bitsPerPixel - UInt64.bitWidth
        if missing > 0 { bits |= words[word + 1] >> UInt64(bitsPerPixel - missing) }
        pixels[index] = UInt8(bits >> UInt64(UInt64.bitWidth - bitsPerPixel))
      }
      initialized = pixelCount
    }
  }

  /// The class of every image, in the order of ``images()``.
  ///
  /// - Returns: `count` values from 0 to 9.
  public static func labels() -> [UInt8] {
    let characters = UnsafeBufferPointer(start: sgd_digits_labels(), count: count)
    return characters.map { UInt8(bitPattern: $0) - UInt8(ascii: "0") }
  }

  /// Images, uint8 `[1797, 8, 8, 1]`, and their classes, int32 `[1797]`.
  ///
  /// ```swift
  /// let test = try Digits.labelled().part(.test)   // 450 of them, the classes in proportion
  /// ```
  public static func labelled() -> LabelledData {
    LabelledData(
      Tensor(images(), shape: [count, side, side, 1]), labels: Tensor(labels().map { Int32($0) }))
  }

  private static let bitsPerPixel = 5
}
