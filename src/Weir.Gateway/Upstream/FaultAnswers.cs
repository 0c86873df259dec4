namespace Weir.Gateway;

/// <summary>What the client gets for each fault of an upstream.</summary>
static class FaultAnswers
{
    static readonly Answer BadRequest = Answer.Fault(400, StatusMessages.Of(400));
    static readonly Answer Invalid = Answer.Fault(502, StatusMessages.Of(502));
    static readonly Answer TimedOut = Answer.Fault(504, StatusMessages.Of(504));
    static readonly Answer TooLarge = Answer.Fault(413, StatusMessages.Of(413));

    public static readonly Answer NoService = Answer.Error(503, "no Service found with those values");

    public static Answer Of(Fault fault) => fault switch
    {
        Fault.ConnectTimeout or Fault.WriteTimeout or Fault.ReadTimeout => TimedOut,
        Fault.RequestInvalid => BadRequest,
        Fault.RequestTooLarge => TooLarge,
        _ => Invalid,
    };

    /// <summary>What the fault says about the peer's health; null when it says nothing.</summary>
    public static Outcome? HealthOf(Fault fault) => fault switch
    {
        Fault.ConnectTimeout or Fault.WriteTimeout or Fault.ReadTimeout => Outcome.Timeout,
        Fault.RequestInvalid or Fault.RequestTooLarge or Fault.Aborted or Fault.None => null,
        _ => Outcome.TcpFailure,
    };
}
