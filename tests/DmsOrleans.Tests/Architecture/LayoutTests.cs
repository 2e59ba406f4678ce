using System.Reflection;
using DmsOrleans.Tests.Clients;

namespace DmsOrleans.Tests.Architecture;

/// <summary>Who may know whom, what lies where, and what every contract carries.</summary>
public sealed class LayoutTests
{
    private const string Prefix = "DmsOrleans.";

    private static readonly string[] Folders = ["src", "tests", "deploy"];
    private static readonly string[] Files = ["DmsOrleans.sln", "README.md", "global.json"];
    private static readonly string[] NotOurs = [".git", ".cache", ".vs", ".idea", "bin", "obj", "node_modules", "TestResults"];

    // In two halves, so that this file is not what the search finds.
    private static readonly (string Name, string Domain)[] Registries =
    [
        ("nuget", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"), ("pypi", "org"), ("pythonhosted", "org"), ("crates", "io"), ("rubygems", "org"),
        ("pkgs.dev.azure", "com"), ("maven", "org"), ("maven.apache", "org"), ("proxy.golang", "org"), ("jsr", "io"),
    ];

    public static TheoryData<string, string[]> Knows() => new()
    {
        { "Abstractions", [] },
        { "Engines", ["Abstractions"] },
        { "Storage", ["Abstractions"] },
        { "Grains", ["Abstractions", "Engines"] },
        { "Hosting", ["Abstractions", "Storage"] },
        { "Silo", ["Abstractions", "Engines", "Storage", "Grains", "Hosting"] },
        { "Gateway", ["Abstractions", "Hosting"] },
        { "Cli", ["Abstractions", "Engines", "Storage", "Grains", "Hosting", "Silo", "Gateway"] },
    };

    public static TheoryData<string> Projects() => [.. Directory.GetDirectories(Path.Combine(Needs.Repository, "src")).Select(d => Path.GetFileName(d)[Prefix.Length..]).Order()];

    [Theory, MemberData(nameof(Knows))]
    public void A_project_knows_only_the_projects_below_it(string project, string[] allowed)
    {
        var known = Of(project).GetReferencedAssemblies().Select(a => a.Name!).Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Select(n => n[Prefix.Length..]);
        Assert.Subset(allowed.ToHashSet(), known.ToHashSet());
    }

    [Fact]
    public void Every_project_has_its_line_above() => Assert.Equal(Projects().Select(p => p.Data).Order(), Knows().Select(k => k.Data.Item1).Order());

    [Theory, MemberData(nameof(Projects))]
    public void Only_the_store_knows_SQLite(string project)
    {
        var sqlite = Of(project).GetReferencedAssemblies().Select(a => a.Name!)
            .Where(n => n.StartsWith("SQLitePCL", StringComparison.Ordinal) || n == "Microsoft.Data.Sqlite");
        Assert.Equal(project == "Storage", sqlite.Any());
    }

    [Theory, MemberData(nameof(Projects))]
    public void Only_the_grains_project_has_grain_classes(string project)
    {
        var grains = Of(project).GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && typeof(IGrainBase).IsAssignableFrom(t)).Select(t => t.Name);
        Assert.Equal(project == "Grains", grains.Any());
    }

    [Fact]
    public void The_top_of_the_repository_is_short()
    {
        var found = Directory.EnumerateFileSystemEntries(Needs.Repository).Select(p => Path.GetFileName(p)).Where(n => n[0] != '.');
        Assert.Subset(Folders.Concat(Files).ToHashSet(), found.ToHashSet());
    }

    [Fact]
    public void No_file_names_a_package_registry()
    {
        var hosts = Registries.Select(r => $"{r.Name}.{r.Domain}").ToList();
        var files = FilesUnder(Needs.Repository).ToList();
        Assert.True(files.Count > 200, $"Only {files.Count} files were searched.");
        var found = files.SelectMany(file => HostsIn(file, hosts).Select(host => $"{Path.GetRelativePath(Needs.Repository, file)}: {host}"));
        Assert.Empty(found);
    }

    [Fact]
    public void Every_serialized_type_has_an_alias_of_its_own()
    {
        var types = SerializedTypes().ToList();
        Assert.True(types.Count > 30, $"Only {types.Count} types were found.");
        Assert.Empty(types.Where(t => t.GetCustomAttribute<AliasAttribute>() is null).Select(t => t.FullName));
        var shared = types.GroupBy(t => t.GetCustomAttribute<AliasAttribute>()!.Alias).Where(g => g.Count() > 1).Select(g => g.Key);
        Assert.Empty(shared);
    }

    [Fact]
    public void No_serialized_type_uses_an_id_twice_or_forgets_one()
    {
        foreach (var type in SerializedTypes().Where(t => !t.IsEnum))
        {
            var members = type.GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
            var ids = members.Select(m => m.GetCustomAttribute<IdAttribute>()?.Id).OfType<uint>().ToList();
            Assert.True(ids.Distinct().Count() == ids.Count, $"{type} uses an id twice: {string.Join(", ", ids.Order())}");
            var forgotten = members.OfType<PropertyInfo>().Where(p => p.SetMethod is not null && p.GetMethod!.GetParameters().Length == 0)
                .Where(p => p.GetCustomAttribute<IdAttribute>() is null && !p.Name.Contains('.', StringComparison.Ordinal));
            Assert.Empty(forgotten.Select(p => $"{type.Name}.{p.Name}"));
        }
    }

    private static Assembly Of(string project) => Assembly.Load(project == "Cli" ? typeof(DmsOrleans.Cli.ConsoleProgram).Assembly.GetName().Name! : Prefix + project);

    private static IEnumerable<Type> SerializedTypes() =>
        Projects().SelectMany(p => Of(p.Data).GetTypes()).Where(t => t.GetCustomAttribute<GenerateSerializerAttribute>() is not null);

    private static IEnumerable<string> FilesUnder(string directory) =>
        Directory.EnumerateFiles(directory).Concat(Directory.EnumerateDirectories(directory).Where(d => !NotOurs.Contains(Path.GetFileName(d))).SelectMany(FilesUnder));

    private static IEnumerable<string> HostsIn(string file, List<string> hosts)
    {
        var text = File.ReadAllText(file);
        return hosts.Where(host => text.Contains(host, StringComparison.OrdinalIgnoreCase));
    }
}
