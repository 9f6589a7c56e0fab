/// Colours and dash patterns that tell methods apart, also for readers with a colour vision deficiency.
///
/// Eight hues chosen by search so that any two stay apart (14 units of CIELAB or more, mostly above 22) with normal
/// vision and under simulated protanopia, deuteranopia and tritanopia (matrices of Machado, Oliveira and Fernandes,
/// 2009), at a contrast of at least 3 to the page. The ninth method starts over with a dash pattern, so that 32 methods
/// have a line of their own.
enum ReportPalette {
  private static let light = [
    "#3b47bf", "#b02a0c", "#c38803", "#6f9650", "#0099e0", "#f0509a", "#63004e", "#3f352c",
  ]
  private static let dark = [
    "#2f8cff", "#ee5768", "#feae36", "#8a9a1e", "#22dfff", "#c88fca", "#c8ffa8", "#e6d6cc",
  ]
  /// Stroke patterns in units of the view box; solid first.
  private static let dashes: [String?] = [nil, "7 3", "2 3", "9 3 2 3"]

  /// How many methods have a line of their own.
  static var count: Int { light.count * dashes.count }

  /// The class name that gives an element the colour and dash of method number `index`.
  static func className(_ index: Int) -> String { "s\(index % count)" }

  /// Style rules for the first `used` methods.
  static func style(used: Int) -> String {
    let indices = 0..<min(max(used, 1), count)
    func colors(_ palette: [String]) -> String {
      indices.map { ".s\($0){--c:\(palette[$0 % palette.count])}" }.joined(separator: "")
    }
    let patterns = indices.compactMap { index in
      dashes[index / light.count].map { ".s\(index) .line,.s\(index) .thin{stroke-dasharray:\($0)}" }
    }
    return """
      \(colors(light))
      @media screen and (prefers-color-scheme:dark){\(colors(dark))}
      \(patterns.joined(separator: "\n"))
      """
  }
}
