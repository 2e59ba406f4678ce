using CsCheck;
using DmsOrleans.Engines.TableMappings;
using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Engines;

public sealed class TableMappingRulesTests
{
    private const string Locator = """ "object-locator":{"schema-name":"s","table-name":"t"} """;

    [Fact]
    public void A_table_is_selected_when_some_rule_includes_it_and_none_excludes_it()
    {
        var rules = Accept(
            """{"rule-type":"selection","rule-id":"1","rule-name":"1","object-locator":{"schema-name":"sales","table-name":"%"},"rule-action":"include","load-order":"3"}""",
            """{"rule-type":"selection","rule-id":2,"rule-name":"2","object-locator":{"schema-name":"%","table-name":"tmp%"},"rule-action":"exclude"}""",
            """{"rule-type":"selection","rule-id":"3","rule-name":"3","object-locator":{"schema-name":"hr","table-name":"my_staff"},"rule-action":"explicit"}""",
            """{"rule-type":"selection","rule-id":"4","rule-name":"4","object-locator":{"schema-name":"sales","table-name":"orders"},"rule-action":"include","load-order":7}""",
            """{"rule-type":"selection","rule-id":"5","rule-name":"5","object-locator":{"schema-name":"views","table-name":"%","table-type":"view"},"rule-action":"include"}""");
        Assert.Equal(
            [true, false, true, false, false, false],
            new[] { "sales.orders", "sales.tmp_1", "hr.my_staff", "hr.myXstaff", "views.v", "Sales.orders" }.Select(name => rules.Selects(Name(name))));
        Assert.Equal([7, 3, 0, null], new[] { "sales.orders", "sales.items", "hr.my_staff", "hr.none" }.Select(name => rules.LoadOrderOf(Name(name))));
    }

    [Fact]
    public void Without_rules_nothing_is_selected() => Assert.False(Accept().Selects(Name("a.b")));

    [Fact]
    public void Filters_transformations_and_table_settings_are_recognised() => Accept(
        """{"rule-type":"selection","rule-id":"1","rule-name":"1","object-locator":{"schema-name":"s","table-name":"t"},"rule-action":"include","filters":[{"filter-type":"source","column-name":"id","filter-conditions":[{"filter-operator":"between","start-value":"1","end-value":"9"},{"filter-operator":"notnull"}]}]}""",
        """{"rule-type":"transformation","rule-id":"2","rule-name":"2","rule-target":"schema","object-locator":{"schema-name":"s"},"rule-action":"rename","value":"t"}""",
        """{"rule-type":"transformation","rule-id":"3","rule-name":"3","rule-target":"column","object-locator":{"schema-name":"%","table-name":"%","column-name":"%"},"rule-action":"convert-lowercase"}""",
        """{"rule-type":"table-settings","rule-id":"4","rule-name":"4","object-locator":{"schema-name":"s","table-name":"t"},"parallel-load":{"type":"ranges","columns":["id"],"boundaries":[["100"],["200"]]},"lob-settings":{"mode":"limited","bulk-max-size":"16"}}""",
        """{"rule-type":"object-mapping","rule-id":"5","rule-name":"5","rule-action":"map-record-to-record","object-locator":{}}""");

    [Theory]
    [InlineData("""{"rule-type":"selektion","rule-id":"1","rule-name":"1"}""", "rule-type is 'selektion'; it must be one of selection,")]
    [InlineData("""{"rule-type":"selection","rule-id":"x","rule-name":"1","rule-action":"include", LOCATOR}""", "rule-id is required and must be a number")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-action":"include", LOCATOR}""", "rule-name is required.")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"keep", LOCATOR}""", "rule-action is 'keep'")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"include"}""", "object-locator with schema-name and table-name is required.")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"include","object-locator":{"schema-name":"s"}}""", "object-locator.table-name is required.")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"include","object-locator":{"schema-name":"s[","table-name":"t"}}""", "object-locator.schema-name: The set")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"explicit","object-locator":{"schema-name":"s","table-name":"%"}}""", "without wildcards")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"include","load-order":0, LOCATOR}""", "load-order must be a whole number from 1 to 2147483647.")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"exclude","filters":[{}], LOCATOR}""", "filters may only be used with the action include")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"include","filters":[{"filter-type":"source","column-name":"c","filter-conditions":[{"filter-operator":"gte"}]}], LOCATOR}""", "filters[0].filter-conditions[0].value is required with the operator gte.")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"table","rule-action":"explode", LOCATOR}""", "rule-action is 'explode'")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"table","rule-action":"remove-column", LOCATOR}""", "applies to the rule-target column only")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"table","rule-action":"replace-prefix","value":"a", LOCATOR}""", "old-value is required with the rule-action replace-prefix.")]
    [InlineData("""{"rule-type":"table-settings","rule-id":"1","rule-name":"1","object-locator":{"schema-name":"s","table-name":"%"},"lob-settings":{"mode":"none"}}""", "Exact schema and table name required when using table settings rule.")]
    [InlineData("""{"rule-type":"table-settings","rule-id":"1","rule-name":"1","lob-settings":{"mode":"limited"}, LOCATOR}""", "lob-settings.bulk-max-size must be more than 0")]
    [InlineData("""{"rule-type":"table-settings","rule-id":"1","rule-name":"1","parallel-load":{"type":"ranges"}, LOCATOR}""", "parallel-load.columns must name 1 to 10 columns; it names 0.")]
    [InlineData("17", "rules[0] must be an object, not a number.")]
    public void A_wrong_rule_is_refused_and_the_member_named(string rule, string expected)
    {
        var fault = Assert.Single(Refuse(rule.Replace("LOCATOR", Locator, StringComparison.Ordinal)), f => f.Contains(expected, StringComparison.Ordinal));
        Assert.StartsWith("Error in mapping rules. Rule with ruleId = ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_of_every_rule_is_answered_at_once()
    {
        var faults = Refuse(
            """{"rule-type":"selection","rule-id":"1","rule-name":"a","rule-action":"keep"}""",
            """{"rule-type":"transformation","rule-id":"1","rule-name":"a","rule-target":"moon","rule-action":"rename","object-locator":{}}""");
        Assert.Equal(7, faults.Count);
        Assert.Contains("Error in mapping rules. Rule with ruleId = 1 failed validation. rule-id '1' is used by more than one rule.", faults);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"rules":{}}""")]
    [InlineData("""{"rules":[],"rules":[]}""")]
    [InlineData("""{"rules":[{"rule-name":"\ud800"}]}""")]
    public void What_is_no_table_mapping_is_refused_without_an_exception(string? json) => Assert.NotEmpty(TableMappingRules.Parse(json).Faults);

    [Fact]
    public void Depth_and_number_of_rules_are_bounded()
    {
        Assert.NotEmpty(TableMappingRules.Parse(new string('[', 100_000)).Faults);
        Assert.Contains("at most 500", Refuse([.. Enumerable.Repeat("{}", 501)])[0], StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_makes_it_throw()
    {
        const string Sound = """{"rules":[{"rule-type":"selection","rule-id":"1","rule-name":"1","object-locator":{"schema-name":"a[b]","table-name":"%"},"rule-action":"include","filters":[]}]}""";
        Gen.Select(Gen.Int[0, Sound.Length - 1], Gen.Char).Sample(
            (at, c) => _ = TableMappingRules.Parse(Sound[..at] + c + Sound[(at + 1)..]), iter: 5_000);
        Gen.String.Sample(text => Assert.NotEmpty(TableMappingRules.Parse(text).Faults));
    }

    private static TableName Name(string name) => new(name.Split('.')[0], name.Split('.')[1]);

    private static TableMappingRules Accept(params string[] rules)
    {
        var parsed = TableMappingRules.Parse($$"""{"rules":[{{string.Join(',', rules)}}]}""");
        Assert.Empty(parsed.Faults);
        return parsed.Value!;
    }

    private static IReadOnlyList<string> Refuse(params string[] rules)
    {
        var parsed = TableMappingRules.Parse($$"""{"rules":[{{string.Join(',', rules)}}]}""");
        Assert.Null(parsed.Value);
        return parsed.Faults;
    }
}
