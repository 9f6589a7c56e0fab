/// Texts written by the csv module of Python 3 (or by hand) and the rows that its reader finds in them; rows without
/// any field, which it gives for blank lines, are left out.
enum PythonCSVFixture {
  struct Case {
    let name: String
    let delimiter: String
    let text: String
    let rows: [[String]]
  }

  static let cases: [Case] = [comma, allQuoted, semicolon, tab, oldMac, oneColumn, byHand]

  private static let comma = Case(
    name: "comma", delimiter: ",",
    text: "\"é\r;\",日本,a, \r\n\",b7\"\"\"\"\", ,\"\\\"\"\t,\",\r\né,, ,\"\"\"\"\"\"\r\n\"\n0.5\",\"日本\""
      + "\"\"\"\r\n\",\"b7#\r日本\",🙂\r\n\"\n\",\";\"\"\"\"b7\",🙂aéx y,\"日本,\"\r\n\"\"\"\"\"0.5éb7\",,\\"
      + "\tb7,\" é\nx y\"\r\n,-3,,\"\r\n\"\r\n",
    rows: [
      ["é\r;", "日本", "a", " "],
      [",b7\"\"", " ", "\\\"\t,", ""],
      ["é", "", " ", "\"\""],
      ["\n0.5", "日本\"\"\r\n", "b7#\r日本", "🙂"],
      ["\n", ";\"\"b7", "🙂aéx y", "日本,"],
      ["\"\"0.5éb7", "", "\\\tb7", " é\nx y"],
      ["", "-3", "", "\r\n"],
    ])

  private static let allQuoted = Case(
    name: "allQuoted", delimiter: ",",
    text: "\"日本\",\"\"\"\"\"b7-3\",\"\"\"\",\"\r\ra\\\"\n\"0.5\r\\\\\",\"\"\"\",\"é\",\"0.5\"\n\"🙂b7\","
      + "\"\",\"\r\n\",\"'\"\n\"\"\"\"\"\t\t\",\"\\\",\"\",\"-3b70.5é\"\n\"\"\"🙂日本\"\"\"\"\",\"\",\" "
      + "a日本\n\",\"\n\"\n\";\",\"\\\"\"\",\"\\\",\"\"\"\"\"\"\n\"\"\"\",\"b7\"\"\"\"#\",\"-3 \",\"\r\n"
      + "\"\n",
    rows: [
      ["日本", "\"\"b7-3", "\"", "\r\ra\\"],
      ["0.5\r\\\\", "\"", "é", "0.5"],
      ["🙂b7", "", "\r\n", "'"],
      ["\"\"\t\t", "\\", "", "-3b70.5é"],
      ["\"🙂日本\"\"", "", " a日本\n", "\n"],
      [";", "\\\"", "\\", "\"\""],
      ["\"", "b7\"\"#", "-3 ", "\r\n"],
    ])

  private static let semicolon = Case(
    name: "semicolon", delimiter: ";",
    text: "-3\t;; ;\"\r\n\t\"\"\"\"\"\r\n\"日本\n\";0.5a;a;\r\n#;é;\"日本\r\nx y\";\"\"\"\"\"x y\"\r\n;b7\\"
      + "-3;;\t\\\r\n;;\"\rb7\"\"\"\"\";\" \na0.5\"\r\n\t;\"\r\";b7\t;,aé\r\n ;;é'日本;\"日本\r日本\n\"\r\n",
    rows: [
      ["-3\t", "", " ", "\r\n\t\"\""],
      ["日本\n", "0.5a", "a", ""],
      ["#", "é", "日本\r\nx y", "\"\"x y"],
      ["", "b7\\-3", "", "\t\\"],
      ["", "", "\rb7\"\"", " \na0.5"],
      ["\t", "\r", "b7\t", ",aé"],
      [" ", "", "é'日本", "日本\r日本\n"],
    ])

  private static let tab = Case(
    name: "tab", delimiter: "\t",
    text: "🙂\t\"日本\t\\\"\ta\té🙂\r\n\t\"\r\n🙂\"\"\"\"\r\"\t \t0.5\r\n'0.5#\té\t\\ a\t\"#,\"\"a\"\r\na\t\""
      + "-3\"\"\"\"a \"\t\"\\\t\"\t\"\r \"\"\"\r\na\t\",0.5b7\"\"\"\t;\t\\\r\né\\\t\"\"\"\"\t ,\t0.5x"
      + " y\r\néx y'\t\t'日本\t-3,\r\n",
    rows: [
      ["🙂", "日本\t\\", "a", "é🙂"],
      ["", "\r\n🙂\"\"\r", " ", "0.5"],
      ["'0.5#", "é", "\\ a", "#,\"a"],
      ["a", "-3\"\"a ", "\\\t", "\r \""],
      ["a", ",0.5b7\"", ";", "\\"],
      ["é\\", "\"", " ,", "0.5x y"],
      ["éx y'", "", "'日本", "-3,"],
    ])

  private static let oldMac = Case(
    name: "oldMac", delimiter: ",",
    text: "\"#0.5#\",\"\",\"\n\",\"0.5 é日本\"\r\"x y-3é;\",\"\t0.50.5-3\",\"\n0.5日本🙂\",\"\r\n\"\r\";\t\""
      + ",\"a\",\"\n;x yb7\",\"\\0.5b7\"\r\"a,\",\"\r\n\r\na\",\"🙂'\"\" \",\"é-30.5,\"\r\"\n\t\n,\",\""
      + "\"\"\"\"\r日本\",\"x y\n\"\"\"\"\",\"\\\"\r\"\",\"-3\",\";\",\",é\r\"\r\"\n\",\"日本,\",\"b70.5-"
      + "3\",\"0.5\"\r",
    rows: [
      ["#0.5#", "", "\n", "0.5 é日本"],
      ["x y-3é;", "\t0.50.5-3", "\n0.5日本🙂", "\r\n"],
      [";\t", "a", "\n;x yb7", "\\0.5b7"],
      ["a,", "\r\n\r\na", "🙂'\" ", "é-30.5,"],
      ["\n\t\n,", "\"\"\r日本", "x y\n\"\"", "\\"],
      ["", "-3", ";", ",é\r"],
      ["\n", "日本,", "b70.5-3", "0.5"],
    ])

  private static let oneColumn = Case(
    name: "oneColumn", delimiter: ",",
    text: "\"\"\r\nx\r\n\"\"\r\n\"\"\"\"\r\n\",\"\r\n",
    rows: [
      [""],
      ["x"],
      [""],
      ["\""],
      [","],
    ])

  private static let byHand = Case(
    name: "byHand", delimiter: ",",
    text: "a\"b,c\"\"d, \"e\"\n\"\",\"\"\"\",\"\"\"\"\"\"\n\n,,\r\n\"x\r\ny\",\"\n\",\"\r\"\n\"last\",n"
      + "o,\"line end\"",
    rows: [
      ["a\"b", "c\"\"d", " \"e\""],
      ["", "\"", "\"\""],
      ["", "", ""],
      ["x\r\ny", "\n", "\r"],
      ["last", "no", "line end"],
    ])

}
