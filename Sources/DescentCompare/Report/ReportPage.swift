/// What all reports have in common: one self-contained HTML page that loads nothing from anywhere and is complete without
/// scripts.
enum ReportPage {
  /// - Parameters:
  ///   - title: plain text.
  ///   - colors: how many series the page tells apart.
  ///   - main: the page's content, as HTML.
  static func html(title: String, colors: Int, main: String) -> String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(Markup.escape(title))</title>
    <style>
    \(ReportStyle.css)
    \(ReportPalette.style(used: colors))
    </style>
    </head>
    <body>
    <main>
    \(main)
    </main>
    <div id="tip" role="status" hidden></div>
    <script>
    \(ReportScript.source)
    </script>
    </body>
    </html>

    """
  }

  /// The series' colors, by position.
  static func legend(_ names: [String], isSticky: Bool = false) -> String {
    let keys = names.enumerated().map { index, name in
      "<li class=\"key \(ReportPalette.className(index))\" data-key=\"\(index)\">"
        + "<svg width=\"26\" height=\"10\" aria-hidden=\"true\"><path class=\"line\" d=\"M0 5H26\"/></svg>"
        + "\(Markup.escape(name))</li>"
    }
    return "<ul class=\"legend\(isSticky ? " sticky" : "")\">\(keys.joined())</ul>"
  }

  /// Short facts side by side, each under its name.
  static func facts(_ rows: [(String, String)]) -> String {
    let items = rows.map { "<div><dt>\(Markup.escape($0.0))</dt><dd>\(Markup.escape($0.1))</dd></div>" }
    return "<dl class=\"facts\">\(items.joined())</dl>"
  }

  /// How the page was made.
  static func origin(_ commandLine: String, _ rows: [(String, String)] = []) -> String {
    """
    <section>
    <h2>Run it again</h2>
    <pre><code>\(Markup.escape(commandLine))</code></pre>
    \(rows.isEmpty ? "" : facts(rows))
    </section>
    """
  }

  /// In place of a chart.
  static let nothingToDraw = "<p class=\"empty\">No finite value to draw.</p>"
}
