/// The built-in text: the opening of Shakespeare's Coriolanus, for language models over single characters.
public enum SampleText {
  /// The text as tokens, each the place of its character in `characters`, which are in the order of their code points.
  public static func load() -> (tokens: [Int32], characters: [Character]) {
    let bytes = Array(CoriolanusText.text.utf8)
    let alphabet = Set(bytes).sorted()
    var place = [Int32](repeating: 0, count: 256)
    for (i, byte) in alphabet.enumerated() { place[Int(byte)] = Int32(i) }
    return (bytes.map { place[Int($0)] }, alphabet.map { Character(Unicode.Scalar($0)) })
  }
}
