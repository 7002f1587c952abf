#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Allocator {
  /// Bytes that this process can still get without being killed for it: what the kernel calls available, within the
  /// limit of the control group. Where neither can be read, the machine's memory.
  static func availableMemory() -> Int {
    let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    var available = machine > 0 ? machine : Int.max
    if let kilobytes = number(in: "/proc/meminfo", after: "MemAvailable:") {
      available = min(available, kilobytes * 1024)
    }
    if let limit = number(in: "/sys/fs/cgroup/memory.max", after: ""),
      let used = number(in: "/sys/fs/cgroup/memory.current", after: "")
    {
      available = min(available, max(0, limit - used))
    }
    return available
  }

  /// The first whole number in a small text file behind `label`; nil when the file or the number is missing.
  private static func number(in path: String, after label: String) -> Int? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix(label) else { continue }
      return Int(text.dropFirst(label.count).drop { $0 == " " }.prefix { $0.isNumber })
    }
    return nil
  }
}
