namespace DmsOrleans.Endpoints;

/// <summary>Where rows come from or go to. Members are those of the model's <c>Endpoint</c>; null members were not given. Holds no secret.</summary>
[GenerateSerializer, Immutable, Alias("dms.EndpointSpec")]
public sealed record EndpointSpec
{
    /// <summary>EndpointIdentifier, lower case, unique in its account and region.</summary>
    [Id(0)]
    public required string Identifier { get; init; }

    /// <summary><c>SOURCE</c> or <c>TARGET</c>, as the service answers it.</summary>
    [Id(1)]
    public required string EndpointType { get; init; }

    /// <summary>EngineName, for example <c>postgres</c>.</summary>
    [Id(2)]
    public required string EngineName { get; init; }

    /// <summary>Host.</summary>
    [Id(3)]
    public string? ServerName { get; init; }

    /// <summary>Port.</summary>
    [Id(4)]
    public int? Port { get; init; }

    /// <summary>Database.</summary>
    [Id(5)]
    public string? DatabaseName { get; init; }

    /// <summary>User.</summary>
    [Id(6)]
    public string? Username { get; init; }

    /// <summary>SslMode: <c>none</c>, <c>require</c>, <c>verify-ca</c>, <c>verify-full</c>.</summary>
    [Id(7)]
    public string SslMode { get; init; } = "none";

    /// <summary>ExtraConnectionAttributes, <c>name=value;…</c>.</summary>
    [Id(8)]
    public string? ExtraConnectionAttributes { get; init; }

    /// <summary>The other plain members of the model (KmsKeyId, CertificateArn, ServiceAccessRoleArn …) and the settings objects
    /// (PostgreSQLSettings …) without their sensitive members: one JSON object, returned as it is. Null when none were given.</summary>
    [Id(9)]
    public string? OtherMembers { get; init; }

    /// <summary>Tags by key.</summary>
    [Id(10)]
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>The sensitive members of an endpoint. Encrypted at rest; answered to nobody outside the silo.</summary>
[GenerateSerializer, Immutable, Alias("dms.EndpointSecrets")]
public sealed record EndpointSecrets
{
    /// <summary>Password.</summary>
    [Id(0)]
    public string? Password { get; init; }

    /// <summary>The sensitive members of the settings objects, as one JSON object of the same shape.</summary>
    [Id(1)]
    public string? SettingsSecrets { get; init; }

    /// <summary>Never prints its content.</summary>
    public override string ToString() => "EndpointSecrets { *** }";
}
