namespace Weir.Gateway;

/// <summary>One way of choosing among the active peers of a picture, of which there is at least one. Allocates nothing.</summary>
interface IChooser
{
    /// <summary>The peer for this exchange.</summary>
    Peer Choose(Picture picture, in PickInput input);
}
