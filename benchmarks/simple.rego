# Twenty-five simple rules over an exported state, for a comparison of time: no rule reads more than one property.
package main

import rego.v1

resources := input.deployment.resources

deny contains msg if {
	some r in resources
	r.type == "aws:ebs/volume:Volume"
	not r.inputs.tags.owner
	msg := sprintf("%s: the volume has no owner", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:ebs/volume:Volume"
	not r.inputs.tags["cost-center"]
	msg := sprintf("%s: the volume has no cost center", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:ec2/instance:Instance"
	not r.inputs.tags.owner
	msg := sprintf("%s: the instance has no owner", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:ec2/instance:Instance"
	not r.inputs.tags["cost-center"]
	msg := sprintf("%s: the instance has no cost center", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:ec2/subnet:Subnet"
	not r.inputs.tags.owner
	msg := sprintf("%s: the subnet has no owner", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:ec2/subnet:Subnet"
	not r.inputs.tags["cost-center"]
	msg := sprintf("%s: the subnet has no cost center", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:ec2/launchTemplate:LaunchTemplate"
	not r.inputs.tags.owner
	msg := sprintf("%s: the launch template has no owner", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:ec2/launchTemplate:LaunchTemplate"
	not r.inputs.tags["cost-center"]
	msg := sprintf("%s: the launch template has no cost center", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:eks/nodeGroup:NodeGroup"
	not r.inputs.tags.owner
	msg := sprintf("%s: the node group has no owner", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:eks/nodeGroup:NodeGroup"
	not r.inputs.tags["cost-center"]
	msg := sprintf("%s: the node group has no cost center", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:s3/bucket:Bucket"
	not r.inputs.tags.owner
	msg := sprintf("%s: the bucket has no owner", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:s3/bucket:Bucket"
	not r.inputs.tags["cost-center"]
	msg := sprintf("%s: the bucket has no cost center", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:iam/role:Role"
	not r.inputs.tags.owner
	msg := sprintf("%s: the role has no owner", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:iam/role:Role"
	not r.inputs.tags["cost-center"]
	msg := sprintf("%s: the role has no cost center", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:ec2/securityGroup:SecurityGroup"
	not r.inputs.tags.owner
	msg := sprintf("%s: the security group has no owner", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:ec2/securityGroup:SecurityGroup"
	not r.inputs.tags["cost-center"]
	msg := sprintf("%s: the security group has no cost center", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:ebs/volume:Volume"
	not r.inputs.encrypted
	msg := sprintf("%s: not encrypted", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:ebs/volume:Volume"
	not r.inputs.size
	msg := sprintf("%s: no size", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:ebs/volume:Volume"
	r.inputs.size > 16000
	msg := sprintf("%s: too large", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:ec2/instance:Instance"
	r.inputs.associatePublicIpAddress
	msg := sprintf("%s: a public address", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:ec2/instance:Instance"
	not r.inputs.instanceType
	msg := sprintf("%s: no type", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:ec2/instance:Instance"
	not r.inputs.rootBlockDevice.encrypted
	msg := sprintf("%s: not encrypted", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:ec2/subnet:Subnet"
	r.inputs.mapPublicIpOnLaunch
	msg := sprintf("%s: gives public addresses", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:eks/nodeGroup:NodeGroup"
	r.inputs.scalingConfig.maxSize > 100
	msg := sprintf("%s: too many nodes", [r.urn])
}

deny contains msg if {
	some r in resources
	r.type == "aws:eks/nodeGroup:NodeGroup"
	not r.inputs.launchTemplate
	msg := sprintf("%s: no template", [r.urn])
}
