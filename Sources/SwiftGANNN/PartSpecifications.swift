import SwiftGANCore

extension JSON {
  /// A specification with each `{"part": index}` replaced by that part's own; nil when such a part has none.
  func replacingParts(by specifications: [JSON?]) -> JSON? {
    switch self {
    case .array(let items):
      let replaced = items.compactMap { $0.replacingParts(by: specifications) }
      return replaced.count == items.count ? .array(replaced) : nil
    case .object(let members):
      if let index = partIndex {
        return specifications.indices.contains(index) ? specifications[index] : nil
      }
      var result = JSONObject()
      for (key, value) in members {
        guard let replaced = value.replacingParts(by: specifications) else { return nil }
        result[key] = replaced
      }
      return .object(result)
    default: return self
    }
  }

  /// This value for messages: a network given as a part is called a layer, not by its number.
  var wordsWithParts: String {
    guard partIndex == nil else { return "a layer" }
    switch self {
    case .array(let items): return "[" + items.map(\.wordsWithParts).joined(separator: ", ") + "]"
    default: return text()
    }
  }

  private var partIndex: Int? {
    guard case .object(let members) = self, members.count == 1 else { return nil }
    return members["part"]?.intValue
  }
}
