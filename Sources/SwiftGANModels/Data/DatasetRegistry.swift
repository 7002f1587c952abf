import SwiftGANCore
import SwiftGANNN

/// The data sets by name: what C and Python find them by.
///
/// ```swift
/// let test = try DatasetRegistry.shared.make(["name": "digits", "split": "test"])
/// ```
public enum DatasetRegistry {
  /// All data sets. Users add theirs with `register`.
  public static let shared = Registry<Void, LabelledData>(
    "dataset",
    [
      digits,
      fashionMNIST,
      mnistFolder,
      idxFile,
      mixture("ring8", "Points of 8 Gaussians on a circle of radius 1, standard deviation 0.01.", .ring8),
      mixture("grid25", "Points of 25 Gaussians at {-4, -2, 0, 2, 4} squared, standard deviation 0.05.", .grid25),
    ])

  /// What is known of a data set beside its rows: `{"classes": [name, ...] or null, "folder": path or null}`; the folder is
  /// where files were found that do not come with the library.
  /// - Throws: `TensorError` (`.value`) for an unknown name, with the known ones.
  public static func information(_ name: String) throws -> JSON {
    let name = try shared.find(name).name
    let classes: [String]? =
      switch name {
      case "digits": (0..<Digits.classCount).map(String.init)
      case "fashion_mnist": FashionMNIST.classNames
      default: nil
      }
    let folder = name == "fashion_mnist" ? FashionMNIST.folder() : nil
    return [
      "classes": classes.map { .array($0.map { .string($0) }) } ?? .null, "folder": folder.map { .string($0) } ?? .null,
    ]
  }

  private static let digits = Registration<Void, LabelledData>(
    "digits", "1,797 handwritten digits, uint8 (1797, 8, 8, 1) from 0 to 16, with int32 labels 0 to 9.",
    options: [
      part(default: .all), count, seed("Which rows are test rows, and which are chosen."),
      OptionDescription(
        "test_size", .share, default: 0.25, "The share of test rows, rounded up; classes in proportion."),
    ]
  ) { options, _ in
    let seed = UInt64(try options.int("seed"))
    let part = try part(options)
    return try Digits.labelled().part(part, testSize: options.double("test_size"), seed: seed)
      .sample(count(options), seed: seed)
  }

  private static let fashionMNIST = Registration<Void, LabelledData>(
    "fashion_mnist", "60,000 + 10,000 pictures of clothes, uint8 (n, 28, 28, 1), with int32 labels 0 to 9.",
    options: [
      part(default: .train), count, seed("Which rows are chosen."),
      OptionDescription(
        "folder", .optional(.path), default: nil,
        "Where the four files lie; when null the folder that SWIFTGAN_DATA names, else where Debian's package puts them."
      ),
    ]
  ) { options, _ in
    try FashionMNIST.load(part(options), folder: options.json("folder").stringValue)
      .sample(count(options), seed: UInt64(options.int("seed")))
  }

  private static let mnistFolder = Registration<Void, LabelledData>(
    "idx_folder", "A folder of four IDX files in the form of MNIST: uint8 (n, height, width, 1) and int32 labels.",
    options: [
      OptionDescription("folder", .path, "Where train-images-idx3-ubyte and its kin lie, each with or without .gz."),
      part(default: .train), count, seed("Which rows are chosen."),
    ]
  ) { options, _ in
    try IDXFolder(options.string("folder")).load(part(options))
      .sample(count(options), seed: UInt64(options.int("seed")))
  }

  private static let idxFile = Registration<Void, LabelledData>(
    "idx", "The array in one IDX file, compressed by gzip or not.",
    options: [OptionDescription("path", .path, "The file.")]
  ) { options, _ in LabelledData(try IDX.read(options.string("path"))) }

  private static func mixture(
    _ name: String, _ summary: String, _ law: GaussianMixture2D
  ) -> Registration<Void, LabelledData> {
    let count = OptionDescription("count", .integer(1...100_000_000), default: 2_500, "How many points.")
    return Registration(name, summary, options: [count, seed("Which points.")]) { options, _ in
      let key = RandomKey(seed: UInt64(try options.int("seed")))
      return LabelledData(law.sample(try options.int("count"), key: key))
    }
  }

  // MARK: Options that several have

  private static func part(default part: DataPart) -> OptionDescription {
    OptionDescription(
      "split", .choice(DataPart.allCases.map(\.rawValue)), default: .string(part.rawValue), "Which rows.")
  }

  private static func part(_ options: Options) throws -> DataPart {
    DataPart(rawValue: try options.string("split")) ?? .all
  }

  private static let count = OptionDescription(
    "count", .optional(.integer(1...OptionKind.largestSize)), default: nil,
    "How many rows, chosen with the classes in proportion; all when null.")

  private static func count(_ options: Options) throws -> Int? { try options.json("count").intValue }

  private static func seed(_ summary: String) -> OptionDescription {
    OptionDescription("seed", .integer(0...Int(JSON.maximumExactInteger)), default: 0, summary)
  }
}

extension OptionKind {
  /// The path of a file or folder.
  static let path = OptionKind("path", allowed: "a path") { value in
    guard let text = value.stringValue else { return .wrongType }
    return text.isEmpty ? .outOfRange : .good(value)
  }

  /// A share of the whole: more than nothing, less than all.
  static let share = OptionKind("number", allowed: "a number between 0 and 1, neither included") { value in
    guard let number = value.doubleValue else { return .wrongType }
    return number > 0 && number < 1 ? .good(value) : .outOfRange
  }
}
