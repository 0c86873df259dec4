using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>The feeds of a node: one for gateways that know what this version knows, and one for each other vocabulary while somebody has it.</summary>
sealed class Feeds(ReadOptions read, FollowLimits limits)
{
    /// <summary>Vocabularies at the same time, besides this version's own: a roll-out has one or two.</summary>
    const int OthersMax = 8;

    readonly Lock _lock = new();
    readonly Dictionary<string, (Feed Feed, int Users)> _others = [];
    readonly Feed _own = new(null, limits);
    ControlState _state = ControlState.Empty;

    public string OwnHash { get; } = Vocabulary.Of(read).Hash;

    public FollowPoint Head => _own.Head;

    public void Start(ControlState state, JournalHead before, IReadOnlyList<(Transaction Transaction, JournalHead Head)> last)
    {
        lock (_lock)
        {
            _own.Start(state, before, last);
            _state = state;
        }
    }

    public void Advance(ControlState state, IReadOnlyList<(Transaction Transaction, JournalHead Head)> next)
    {
        lock (_lock)
        {
            _own.Advance(state, next);
            foreach (var (feed, _) in _others.Values) feed.Advance(state, next);
            _state = state;
        }
    }

    /// <summary>The feed for gateways with a vocabulary; null when it has to be told first.</summary>
    /// <exception cref="StreamBrokenException">It is none, or there are too many.</exception>
    public Feed? Open(string hash, JsonObject? vocabulary)
    {
        if (hash == OwnHash) return _own;
        lock (_lock)
        {
            if (_others.TryGetValue(hash, out var there))
            {
                _others[hash] = there with { Users = there.Users + 1 };
                return there.Feed;
            }
            if (vocabulary is null) return null;
            if (_others.Count >= OthersMax) throw new StreamBrokenException($"{OthersMax} other versions follow already");
            var told = Vocabulary.Read(vocabulary);
            if (told.Hash != hash) throw new StreamBrokenException("a vocabulary is not what its hash says");
            var feed = new Feed(new Fitting(told, read), limits);
            feed.Start(_state, _state.Head, []);
            _others[hash] = (feed, 1);
            return feed;
        }
    }

    /// <summary>Ends a use of a feed.</summary>
    public void Close(string hash)
    {
        lock (_lock)
        {
            if (!_others.TryGetValue(hash, out var there)) return;
            if (there.Users == 1) _others.Remove(hash);
            else _others[hash] = there with { Users = there.Users - 1 };
        }
    }
}
