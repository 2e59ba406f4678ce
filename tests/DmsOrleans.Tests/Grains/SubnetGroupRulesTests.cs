using DmsOrleans.Records;
using DmsOrleans.SubnetGroups;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Tests.Grains;

public sealed class SubnetGroupRulesTests
{
    private static readonly AwsScope Ireland = new("123456789012", "eu-west-1");

    [Theory]
    [InlineData("subnet-1", "eu-west-1a")]
    [InlineData("subnet-2", "eu-west-1b")]
    [InlineData("subnet-3", "eu-west-1c")]
    [InlineData("subnet-4", "eu-west-1a")]
    [InlineData("subnet-0", "eu-west-1c")]
    [InlineData("subnet-0123456789abcdefa", "eu-west-1a")]
    [InlineData("subnet-B", "eu-west-1b")]
    [InlineData("subnet-f", "eu-west-1c")]
    [InlineData("subnet-named", "eu-west-1z")]
    public void The_last_character_of_an_id_says_its_zone_unless_it_is_configured(string id, string zone)
    {
        var options = new NetworkOptions();
        options.SubnetZones["subnet-named"] = "eu-west-1z";
        Assert.Equal(zone, new SimulatedNetwork(Options.Create(options)).ZoneOf(Ireland, id));
    }

    [Fact]
    public void An_account_has_one_VPC_in_each_region()
    {
        Assert.Matches("^vpc-[0-9a-f]{17}$", SimulatedNetwork.VpcOf(Ireland));
        Assert.Equal(SimulatedNetwork.VpcOf(Ireland), SimulatedNetwork.VpcOf(new("123456789012", "eu-west-1")));
        Assert.NotEqual(SimulatedNetwork.VpcOf(Ireland), SimulatedNetwork.VpcOf(Ireland with { Region = "us-east-1" }));
    }

    [Fact]
    public void Two_subnets_in_two_zones_are_enough() => Assert.Null(Check("subnet-1", "subnet-2"));

    [Theory]
    [InlineData(Fault.TooFewAvailabilityZones)]
    [InlineData(Fault.TooFewAvailabilityZones, "subnet-1")]
    [InlineData(Fault.TooFewAvailabilityZones, "subnet-1", "subnet-4")]
    [InlineData(Fault.InvalidSubnet, "subnet-1", "subnet-2", "subnet-1")]
    [InlineData(Fault.InvalidSubnet, "subnet-1", "sub-2")]
    [InlineData(Fault.InvalidSubnet, "subnet-1", "subnet-")]
    [InlineData(Fault.InvalidSubnet, "subnet-1", "subnet-2 ")]
    [InlineData(Fault.InvalidSubnet, "subnet-1", "")]
    public void Subnets_that_cannot_be_are_refused_by_name(Fault fault, params string[] subnets) => Assert.Equal(fault, Check(subnets)!.Fault);

    [Fact]
    public void A_group_has_at_most_sixty_subnets()
    {
        string[] subnets = [.. Enumerable.Range(1, 61).Select(i => $"subnet-{i}")];
        Assert.Null(Check(subnets[..60]));
        Assert.Equal(Fault.ResourceQuotaExceeded, Check(subnets)!.Fault);
    }

    [Theory, InlineData("default"), InlineData("a b"), InlineData("a:b"), InlineData("ä"), InlineData("")]
    public void A_name_has_letters_digits_periods_underscores_and_hyphens(string name) =>
        Assert.Equal(Fault.InvalidParameterValue, Rules().Check(Ireland, Spec(name, "subnet-1", "subnet-2"))!.Fault);

    [Fact]
    public void A_description_has_no_control_characters() =>
        Assert.Equal(Fault.InvalidParameterValue, Rules().Check(Ireland, Spec("g", "subnet-1", "subnet-2") with { Description = "a\nb" })!.Fault);

    [Fact]
    public void A_replication_refers_to_the_group_it_is_given_and_an_old_name_is_left_alone()
    {
        var spec = Sample.Spec();
        var placed = SubnetGroupRules.Placed(Ireland, before: null, spec with { Compute = spec.Compute with { ReplicationSubnetGroupId = "Mine" } });
        Assert.Equal("arn:aws:dms:eu-west-1:123456789012:subgrp:mine", placed.SubnetGroupArn);
        Assert.Null(SubnetGroupRules.Placed(Ireland, before: null, spec).SubnetGroupArn);

        var old = placed with { SubnetGroupArn = null };
        Assert.Null(SubnetGroupRules.Placed(Ireland, old, old with { Identifier = "other" }).SubnetGroupArn);
        Assert.Null(SubnetGroupRules.Placed(Ireland, placed, placed with { Compute = spec.Compute with { ReplicationSubnetGroupId = "" } }).SubnetGroupArn);
    }

    private static Refusal? Check(params string[] subnets) => Rules().Check(Ireland, Spec("my.group_1-a", subnets));

    private static SubnetGroupSpec Spec(string name, params string[] subnets) => new() { Identifier = name, Description = "d", SubnetIds = subnets };

    private static SubnetGroupRules Rules() => new(new(Options.Create(new NetworkOptions())), Options.Create(new QuotaOptions()));
}
