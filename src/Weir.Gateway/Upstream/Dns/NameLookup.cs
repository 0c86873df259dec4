namespace Weir.Gateway;

/// <summary>
/// One name looked up from scratch: each kind of record in the configured order, for each of the names that the search list makes of it, until one is found.
/// </summary>
sealed class NameLookup(ResolverSettings settings, DnsClient client, ResolverFiles files, TimeProvider time)
{
    /// <summary>Longest chain of names that stand for other names.</summary>
    public const int ChainMax = 8;

    /// <summary>Most addresses of one name; more are ignored.</summary>
    public const int AddressesMax = 256;

    /// <summary>Looks the name up. Never throws but for cancellation.</summary>
    public async Task<Finding> FindAsync(string name, DnsStep? last, CancellationToken cancel)
    {
        var conf = files.Conf;
        string? fault = null;
        foreach (var step in settings.Order.Select(step => step == DnsStep.Last ? last : step).OfType<DnsStep>().Distinct())
        {
            foreach (var candidate in conf.Candidates(name))
            {
                var found = await TakeStepAsync(step, candidate, conf, cancel);
                if (found.Addresses.Count > 0)
                    return new Finding(new Resolution { Addresses = found.Addresses, ExpiresAt = time.GetUtcNow() + Lifetime(found.TtlSeconds) }, step, false);
                fault ??= found.Fault;
            }
        }
        var lifetime = fault is null ? settings.NotFoundTtl : settings.ErrorTtl;
        return new Finding(Resolution.Failed(fault ?? $"no records of {name}", time.GetUtcNow() + lifetime), null, fault is not null);
    }

    TimeSpan Lifetime(uint ttlSeconds)
    {
        if (settings.ValidTtl is { } valid) return valid;
        var ttl = TimeSpan.FromSeconds(ttlSeconds);
        return ttl < settings.TtlMin ? settings.TtlMin : ttl > settings.TtlMax ? settings.TtlMax : ttl;
    }

    async Task<Found> TakeStepAsync(DnsStep step, string name, ResolvConf conf, CancellationToken cancel) => step switch
    {
        DnsStep.Srv => await FindServicesAsync(name, conf, cancel),
        DnsStep.Aaaa => await FindAddressesAsync(name, DnsType.Aaaa, conf, cancel),
        DnsStep.Cname => await FindAliasAsync(name, conf, cancel),
        _ => await FindAddressesAsync(name, conf, cancel),
    };

    /// <summary>IPv4 addresses or, when there are none, IPv6 addresses.</summary>
    async Task<Found> FindAddressesAsync(string name, ResolvConf conf, CancellationToken cancel)
    {
        var found = await FindAddressesAsync(name, DnsType.A, conf, cancel);
        return found.Addresses.Count > 0 || found.Fault is not null ? found : await FindAddressesAsync(name, DnsType.Aaaa, conf, cancel);
    }

    async Task<Found> FindAddressesAsync(string name, DnsType type, ResolvConf conf, CancellationToken cancel)
    {
        var (records, ttl, fault) = await FollowAsync(name, type, conf, cancel);
        return new Found([.. records.Take(AddressesMax).Select(static record => new ResolvedAddress(record.Address!))], ttl, fault);
    }

    async Task<Found> FindServicesAsync(string name, ResolvConf conf, CancellationToken cancel)
    {
        var (records, ttl, fault) = await FollowAsync(name, DnsType.Srv, conf, cancel);
        List<ResolvedAddress> addresses = [];
        // The target "." says that the service is decidedly not there (RFC 2782).
        foreach (var record in records.Where(static record => record.Target!.Length > 0).OrderBy(static record => record.Priority))
        {
            if (addresses.Count >= AddressesMax) break;
            var hosts = await FindHostAsync(record.Target!, conf, cancel);
            fault ??= hosts.Fault;
            ttl = Math.Min(ttl, hosts.TtlSeconds);
            addresses.AddRange(hosts.Addresses.Select(host => new ResolvedAddress(host.Address, record.Port, record.Weight, record.Priority, record.Target)));
        }
        return new Found([.. addresses.Take(AddressesMax)], ttl, fault);
    }

    async Task<Found> FindHostAsync(string name, ResolvConf conf, CancellationToken cancel)
    {
        if (HostLiteral.TryParse(name, out var literal)) return new Found([new ResolvedAddress(literal)], uint.MaxValue, null);
        if (files.Hosts.TryGetValue(name, out var known))
            return new Found([.. known.Select(static address => new ResolvedAddress(address))], uint.MaxValue, null);
        var found = await FindAddressesAsync(name, conf, cancel);
        return found.Addresses.Count > 0 ? found : found with { TtlSeconds = uint.MaxValue };
    }

    async Task<Found> FindAliasAsync(string name, ResolvConf conf, CancellationToken cancel)
    {
        var (records, ttl, fault) = await FollowAsync(name, DnsType.Cname, conf, cancel);
        if (records.Count == 0) return new Found([], ttl, fault);
        var found = await FindAddressesAsync(records[0].Target!, conf, cancel);
        return found with { TtlSeconds = Math.Min(ttl, found.TtlSeconds) };
    }

    /// <summary>The records of a name, or of the name that it stands for; the shortest lifetime on the way counts.</summary>
    async Task<(List<DnsRecord> Records, uint TtlSeconds, string? Fault)> FollowAsync(string name, DnsType type, ResolvConf conf, CancellationToken cancel)
    {
        var ttl = uint.MaxValue;
        for (var hop = 0; hop < ChainMax; hop++)
        {
            if (DnsQuestion.For(name, type) is not { } question) return ([], ttl, $"'{name}' is not a host name");
            var answer = await client.AskAsync(question, conf, cancel);
            if (answer.Fault is not null) return ([], ttl, answer.Fault);

            var owner = question.Name;
            for (var link = 0; link < ChainMax && type != DnsType.Cname; link++)
            {
                if (!TryFindAlias(answer, owner, out var alias)) break;
                owner = alias.Target!;
                ttl = Math.Min(ttl, alias.TtlSeconds);
            }
            List<DnsRecord> records = [.. answer.Records.Where(record => record.Type == type && record.Name == owner)];
            if (records.Count > 0) return (records, records.Aggregate(ttl, static (ttl, record) => Math.Min(ttl, record.TtlSeconds)), null);
            if (owner == question.Name || answer.Code == DnsCode.NameError) return ([], ttl, null);
            name = owner;
        }
        return ([], ttl, $"more than {ChainMax} names in a row stand for other names");
    }

    static bool TryFindAlias(DnsAnswer answer, string owner, out DnsRecord alias)
    {
        alias = answer.Records.FirstOrDefault(record => record.Type == DnsType.Cname && record.Name == owner);
        return alias.Target is not null;
    }

    readonly record struct Found(IReadOnlyList<ResolvedAddress> Addresses, uint TtlSeconds, string? Fault);
}

/// <summary>The result of a lookup.</summary>
/// <param name="Resolution">Addresses or fault, with the time until which it holds.</param>
/// <param name="Step">The kind of record that was found, or null.</param>
/// <param name="IsError">True when servers could not be asked, as opposed to a name that does not exist: older addresses may serve on.</param>
readonly record struct Finding(Resolution Resolution, DnsStep? Step, bool IsError);
