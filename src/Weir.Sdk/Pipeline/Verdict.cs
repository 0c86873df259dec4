namespace Weir;

/// <summary>What a plugin decides: go on (the default value), or stop with an answer. An expected refusal is a verdict; an exception is a bug.</summary>
public readonly struct Verdict
{
    Verdict(Answer answer) => Answer = answer;

    /// <summary>The answer that ends the exchange, or null to go on.</summary>
    public Answer? Answer { get; }

    /// <summary>True when the exchange ends here.</summary>
    public bool Stops => Answer is not null;

    /// <summary>Go on.</summary>
    public static Verdict Continue => default;

    /// <summary>End the exchange with this answer.</summary>
    public static Verdict Stop(Answer answer) => new(answer);

    /// <summary>An answer is a verdict that stops.</summary>
    public static implicit operator Verdict(Answer answer) => new(answer);

    /// <summary>A verdict that is known at once.</summary>
    public static implicit operator ValueTask<Verdict>(Verdict verdict) => new(verdict);
}
