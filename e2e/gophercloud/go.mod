module github.com/holdplane/holdplane/e2e/gophercloud

go 1.26

require github.com/gophercloud/gophercloud/v2 v2.15.0
