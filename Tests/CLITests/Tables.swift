/// Small tables whose rows follow a rule, so that there is something to learn.
enum Tables {
  /// Columns `age`, `distance`, `make`, `price`; the price is a linear function of the others plus a ripple.
  static let cars: String = {
    var text = "age,distance,make,price\n"
    for i in 0..<120 {
      let age = Double(i * 7 % 15)
      let distance = Double(i * 31 % 200)
      let make = ["audi", "ford", "fiat"][i % 3]
      let price = 30000 - 1200 * age - 40 * distance + (make == "audi" ? 4000 : 0) + Double(i % 5) * 20
      text += "\(age),\(distance),\(make),\(price)\n"
    }
    return text
  }()

  /// Columns `x`, `y`, `kind`; the kinds lie around three points. One kind's name needs quotes in a CSV file.
  static let kinds: String = {
    var text = "x,y,kind\n"
    for i in 0..<90 {
      let kind = i % 3
      let x = Double(kind) * 3 + Double(i * 37 % 100) / 50
      let y = Double(kind == 1 ? 3 : 0) + Double(i * 53 % 100) / 50
      text += "\(x),\(y),\(["plain", "\"one, two\"", "other"][kind])\n"
    }
    return text
  }()
}
