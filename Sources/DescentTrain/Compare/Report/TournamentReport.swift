/// A tournament as one self-contained HTML page.
public struct TournamentReport: Sendable {
  let tournament: Tournament
  let summary: TournamentSummary

  public init(_ tournament: Tournament) {
    self.tournament = tournament
    summary = TournamentSummary(tournament)
  }

  public func html() -> String { "" }
}
