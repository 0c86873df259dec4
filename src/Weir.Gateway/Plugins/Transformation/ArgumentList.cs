namespace Weir.Gateway.Plugins;

/// <summary>The arguments of a query or of a form body while they are changed. What is not changed keeps its order and its bytes.</summary>
sealed class ArgumentList
{
    readonly List<(string Name, string Raw)> _arguments = [];

    public ArgumentList(string encoded)
    {
        foreach (var argument in new UrlArguments(encoded)) _arguments.Add((argument.DecodeName(), argument.Raw.ToString()));
    }

    /// <summary>Whether anything was changed.</summary>
    public bool IsChanged { get; private set; }

    public bool Contains(string name) => _arguments.Exists(argument => argument.Name == name);

    public void Remove(string name) => IsChanged |= _arguments.RemoveAll(argument => argument.Name == name) > 0;

    /// <summary>Values stay as they are, encoded; an argument that has the new name already gives way.</summary>
    public void Rename(string name, string newName)
    {
        if (name == newName || !Contains(name)) return;
        Remove(newName);
        for (var i = 0; i < _arguments.Count; i++)
        {
            if (_arguments[i].Name != name) continue;
            var equals = _arguments[i].Raw.IndexOf('=', StringComparison.Ordinal);
            _arguments[i] = (newName, Uri.EscapeDataString(newName) + (equals < 0 ? "" : _arguments[i].Raw[equals..]));
        }
        IsChanged = true;
    }

    /// <summary>One argument takes the place of all of this name.</summary>
    public void Replace(string name, string value)
    {
        var first = _arguments.FindIndex(argument => argument.Name == name);
        if (first < 0) return;
        _arguments[first] = (name, Encode(name, value));
        for (var i = _arguments.Count - 1; i > first; i--)
            if (_arguments[i].Name == name) _arguments.RemoveAt(i);
        IsChanged = true;
    }

    public void Add(string name, string value)
    {
        if (!Contains(name)) Append(name, value);
    }

    public void Append(string name, string value)
    {
        _arguments.Add((name, Encode(name, value)));
        IsChanged = true;
    }

    /// <summary>Appends arguments that are encoded already.</summary>
    public void AppendAll(string encoded)
    {
        foreach (var argument in new UrlArguments(encoded))
        {
            _arguments.Add((argument.DecodeName(), argument.Raw.ToString()));
            IsChanged = true;
        }
    }

    public override string ToString() => string.Join('&', _arguments.Select(static argument => argument.Raw));

    static string Encode(string name, string value) => $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}";
}
