namespace Stretto.Training.Data.Tales;

/// <summary>What can happen in a story.</summary>
public enum TaleAct
{
    /// <summary>Somebody wants something.</summary>
    Want,

    /// <summary>Somebody goes to a place.</summary>
    Go,

    /// <summary>Somebody meets another.</summary>
    Meet,

    /// <summary>Somebody finds a thing that nobody had.</summary>
    Find,

    /// <summary>Somebody loses a thing, or leaves it somewhere.</summary>
    Lose,

    /// <summary>Somebody gives a thing to another.</summary>
    Give,

    /// <summary>Somebody takes a thing from another.</summary>
    Take,

    /// <summary>Somebody makes a thing.</summary>
    Make,

    /// <summary>A thing breaks.</summary>
    Break,

    /// <summary>Somebody mends a thing.</summary>
    Mend,

    /// <summary>A thing is used up: eaten, planted, burnt.</summary>
    Use,

    /// <summary>Somebody helps another.</summary>
    Help,

    /// <summary>Somebody learns something.</summary>
    Learn,
}

/// <summary>One thing that happened.</summary>
/// <param name="Act">What was done.</param>
/// <param name="Who">The name of who did it.</param>
/// <param name="Object">The thing, the place, the want or the lesson.</param>
/// <param name="Other">The name of the other one, if there is one.</param>
/// <param name="Position">Characters of the story that were told before.</param>
public sealed record TaleEvent(TaleAct Act, string Who, string? Object, string? Other, int Position);

/// <summary>What a plot says beside its events, as a question.</summary>
/// <param name="Question"><c>How many coins did the red drum cost?</c></param>
/// <param name="Answer"><c>seven</c></param>
public sealed record TaleFact(string Question, string Answer);
