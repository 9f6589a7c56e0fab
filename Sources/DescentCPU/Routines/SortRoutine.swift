import DescentGraph

/// Sorts lines of a tensor by radix, least significant digit first, which is stable and compares nothing.
///
/// An element becomes a word: its key, an unsigned integer in the order of the elements, above its index. Keys have 32
/// bits; elements of 64 bits are sorted by their lower halves and then, stably, by their upper ones.
final class SortRoutine: Routine {
  /// What the threads work on.
  private struct Job {
    let source: UnsafeMutableRawPointer
    let target: UnsafeMutablePointer<Int32>
    let scratch: UnsafeMutablePointer<UInt64>
    let dtype: DType
    let descending: Bool
    let lines: Int
    let shares: Int
    let count: Int
    let inner: Int
  }
  private let job: UnsafeMutablePointer<Job>
  private let arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private let shares: Int
  private let threads: Int

  /// Lines are dealt out in so many shares, each with working memory of its own.
  static func shares(lines: Int) -> Int { min(lines, 16) }
  /// The words of working memory that a share needs: the elements twice, and four tables of 256 counts.
  static func scratchWords(count: Int) -> Int { 2 * count + 512 }

  init(_ unit: SortUnit, _ binder: Binder) {
    let lines = unit.outer * unit.inner
    // Without elements nothing is ever sorted.
    shares = unit.count == 0 ? 0 : Self.shares(lines: lines)
    threads = binder.threads(forWork: 8 * lines * unit.count)
    job = .allocate(capacity: 1)
    job.initialize(
      to: Job(
        source: binder.pointers[unit.input]!,
        target: binder.pointers[unit.node]!.assumingMemoryBound(to: Int32.self),
        scratch: binder.pointers[unit.scratch]!.assumingMemoryBound(to: UInt64.self),
        dtype: unit.input.dtype, descending: unit.descending, lines: lines, shares: Self.shares(lines: lines),
        count: unit.count, inner: unit.inner))
    arguments = .allocate(capacity: 1)
    arguments.initialize(to: UnsafeMutableRawPointer(job))
  }

  deinit {
    job.deallocate()
    arguments.deallocate()
  }

  func execute() {
    ThreadTeam.run(tasks: shares, threads: threads, arguments: UnsafePointer(arguments)) { arguments, low, high in
      let job = arguments![0]!.assumingMemoryBound(to: Job.self)
      var share = low
      while share < high {
        SortRoutine.sort(job, share)
        share += 1
      }
    }
  }

  // MARK: One share

  private static func sort(_ job: UnsafePointer<Job>, _ share: Int) {
    let (count, inner) = (job.pointee.count, job.pointee.inner)
    let words = job.pointee.scratch + share * scratchWords(count: count)
    let buffers = Buffers(
      words: words, other: words + count, count: count,
      tables: UnsafeMutableRawPointer(words + 2 * count).assumingMemoryBound(to: UInt32.self))
    let halves = job.pointee.dtype.byteCount == 8 ? 2 : 1
    var line = share * job.pointee.lines / job.pointee.shares
    let end = (share + 1) * job.pointee.lines / job.pointee.shares
    while line < end {
      let start = line / inner * count * inner + line % inner
      var sorted = buffers.words
      var half = 0
      while half < halves {
        pack(job, start, sorted, half: half, isFirst: half == 0)
        sorted = count <= 32 ? buffers.insertionSorted(sorted) : buffers.radixSorted(sorted)
        half += 1
      }
      let target = job.pointee.target + start
      var i = 0
      while i < count {
        target[i * inner] = Int32(truncatingIfNeeded: sorted[i])
        i += 1
      }
      line += 1
    }
  }

  /// Fills `words` with a half of each element's key above the element's index: in order of the indices at first, then
  /// in the order the words have already.
  private static func pack(
    _ job: UnsafePointer<Job>, _ start: Int, _ words: UnsafeMutablePointer<UInt64>, half: Int, isFirst: Bool
  ) {
    let job = job.pointee
    let flip: UInt64 = job.descending ? .max : 0
    @inline(__always) func fill<Element: BitwiseCopyable>(_ type: Element.Type, _ key: (Element) -> UInt64) {
      let source = job.source.assumingMemoryBound(to: type) + start
      var i = 0
      while i < job.count {
        let index = isFirst ? UInt64(truncatingIfNeeded: i) : words[i] & 0xFFFF_FFFF
        let whole = key(source[Int(truncatingIfNeeded: index) * job.inner]) ^ flip
        let part = half == 0 ? whole : whole >> 32
        words[i] = part << 32 | index
        i += 1
      }
    }
    switch job.dtype {
    case .bool, .uint8: fill(UInt8.self) { UInt64($0) }
    case .int32: fill(UInt32.self) { UInt64($0 ^ 0x8000_0000) }
    case .int64: fill(UInt64.self) { $0 ^ 0x8000_0000_0000_0000 }
    case .bfloat16: fill(UInt16.self) { floatKey(UInt64($0), sign: 1 << 15, infinity: 0x7F80) }
    case .float16: fill(UInt16.self) { floatKey(UInt64($0), sign: 1 << 15, infinity: 0x7C00) }
    case .float32: fill(UInt32.self) { floatKey(UInt64($0), sign: 1 << 31, infinity: 0x7F80_0000) }
    case .float64: fill(UInt64.self) { floatKey($0, sign: 1 << 63, infinity: 0x7FF0_0000_0000_0000) }
    }
  }

  /// An unsigned integer that orders floats by value: the two zeros alike, every NaN above infinity and like the others.
  @inline(__always)
  private static func floatKey(_ bits: UInt64, sign: UInt64, infinity: UInt64) -> UInt64 {
    let magnitude = bits & (sign &- 1)
    if magnitude > infinity { return sign &+ (sign &- 1) }
    return bits & sign == 0 ? sign &+ magnitude : sign &- magnitude
  }

  /// Words to sort by their upper halves, as much memory again, and the tables.
  private struct Buffers {
    let words: UnsafeMutablePointer<UInt64>
    let other: UnsafeMutablePointer<UInt64>
    let count: Int
    let tables: UnsafeMutablePointer<UInt32>

    /// Sorts where the words are.
    func insertionSorted(_ words: UnsafeMutablePointer<UInt64>) -> UnsafeMutablePointer<UInt64> {
      var i = 1
      while i < count {
        let word = words[i]
        var j = i
        while j > 0 && words[j - 1] >> 32 > word >> 32 {
          words[j] = words[j - 1]
          j -= 1
        }
        words[j] = word
        i += 1
      }
      return words
    }

    /// Sorts by one byte after another, back and forth between the two buffers; gives the one it ends in. A byte that is
    /// the same everywhere takes no pass.
    func radixSorted(_ start: UnsafeMutablePointer<UInt64>) -> UnsafeMutablePointer<UInt64> {
      var (from, to) = (start, start == words ? other : words)
      tables.update(repeating: 0, count: 4 * 256)
      var i = 0
      while i < count {
        let word = from[i]
        var byte = 0
        while byte < 4 {
          tables[byte << 8 | digit(word, byte)] &+= 1
          byte += 1
        }
        i += 1
      }
      var byte = 0
      while byte < 4 {
        let places = tables + byte << 8
        if places[digit(from[0], byte)] != UInt32(count) {
          // From how often each digit occurs to where its first word goes.
          var sum: UInt32 = 0
          i = 0
          while i < 256 {
            (places[i], sum) = (sum, sum &+ places[i])
            i += 1
          }
          i = 0
          while i < count {
            let word = from[i]
            let place = digit(word, byte)
            to[Int(places[place])] = word
            places[place] &+= 1
            i += 1
          }
          (from, to) = (to, from)
        }
        byte += 1
      }
      return from
    }

    @inline(__always)
    private func digit(_ word: UInt64, _ byte: Int) -> Int {
      Int(truncatingIfNeeded: word >> UInt64(32 + 8 * byte) & 0xFF)
    }
  }
}
