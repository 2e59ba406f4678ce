namespace DmsOrleans.Cli.Node;

/// <summary>Stands in for EmbeddedNode.cs until silo and gateway are merged; deleted with the Compile Remove in the project file.</summary>
internal static class EmbeddedNode
{
    /// <summary>Refuses.</summary>
    public static Task<INode> StartAsync(NodeSettings settings, CancellationToken cancellationToken) =>
        throw new OperationFailedException("this build has no embedded node; name one with --endpoint-url.");
}
