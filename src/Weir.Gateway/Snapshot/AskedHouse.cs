namespace Weir.Gateway;

/// <summary>The house as one plugin is given it: remembers what was asked for, as the instance is good for as long as all of that stays the same.</summary>
sealed class AskedHouse(HouseServices house) : IServiceProvider
{
    readonly List<(Type Type, object? Part)> _asked = [];
    HouseServices? _house = house;

    public object? GetService(Type serviceType)
    {
        // Later the house may be another, and nobody would know that the plugin uses it.
        var open = _house ?? throw new InvalidOperationException($"The part {serviceType.Name} of the house was asked for after the plugin was created.");
        var part = open.GetService(serviceType);
        _asked.Add((serviceType, part));
        return part;
    }

    /// <summary>The plugin is created.</summary>
    public void Close()
    {
        _house = null;
        _asked.TrimExcess();
    }

    /// <summary>Whether another house would have given the same.</summary>
    public bool IsAnsweredBy(HouseServices other)
    {
        foreach (var (type, part) in _asked)
            if (!ReferenceEquals(other.GetService(type), part)) return false;
        return true;
    }
}
