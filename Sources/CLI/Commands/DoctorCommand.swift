import DescentText
import ArgumentParser
import Descent

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check that everything Descent needs is there and works.",
    discussion: """
      EXAMPLES:
        descent doctor
        DESCENT_LLVM=/usr/lib/llvm-19/lib/libLLVM.so descent doctor

      Exit code 1 says that something needed is missing or gives wrong numbers; the text says how to get it.

      ENVIRONMENT:
        DESCENT_LLVM     path or name of the libLLVM to use
        DESCENT_ONEDNN   path or name of the oneDNN library to use, or 'off'
        DESCENT_LAPACK   path or name of the LAPACK library to use
        DESCENT_CACHE    folder for compiled kernels, or 'off'
        DESCENT_THREADS  number of threads, 1 to 1024
      """)

  @Flag(help: "Write the findings as JSON.")
  var json = false

  func run() throws {
    let findings = Diagnosis.run()
    let isHealthy = !findings.contains { $0.state == .missing }
    if json {
      var members: [(String, OrderedJSON)] = [("healthy", .bool(isHealthy))]
      for finding in findings {
        var parts: [(String, OrderedJSON)] = [("state", .string(finding.state.rawValue))]
        parts += finding.facts
        if let advice = finding.advice { parts.append(("advice", .string(advice))) }
        members.append((finding.key, .object(parts)))
      }
      print(OrderedJSON.object(members).text())
    } else {
      let width = findings.map(\.title.count).max() ?? 0
      for finding in findings {
        let mark = TextLayout.pad(finding.state.rawValue, to: 7, alignRight: false)
        print("\(mark)  \(TextLayout.pad(finding.title, to: width, alignRight: false))  \(finding.text)")
        for line in finding.advice.map({ TextLayout.wrap($0, width: 90) }) ?? [] { print("         \(line)") }
      }
      print(isHealthy ? "\nEverything that is needed is there." : "\nSomething needed is missing; see above.")
    }
    if !isHealthy { throw ExitCode.failure }
  }
}
