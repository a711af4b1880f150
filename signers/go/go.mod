// The project has no address yet. pta.example is in no registry: use this module with replace.
module pta.example/signer

go 1.19
