import SwiftGANCore

extension JSON {
  /// A specification with each `{"part": index}` replaced by that part's own; nil when such a part has none.
  func replacingParts(by specifications: [JSON?]) -> JSON? {
    switch self {
    case .array(let items):
      let replaced = items.compactMap { $0.replacingParts(by: specifications) }
      return replaced.count == items.count ? .array(replaced) : nil
    case .object(let members):
      if members.count == 1, let index = members["part"]?.intValue {
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
}
