#include "core/audit/chainfaults.h"

namespace framescope {

namespace {

// In the order of ChainFault.
constexpr std::array infos = {
    ChainFaultInfo{"none", QT_TRANSLATE_NOOP("Audit", "Nothing was changed, removed, added or reordered.")},
    ChainFaultInfo{"no-chain", QT_TRANSLATE_NOOP("Audit", "There is no audit chain in this file: it was written by a "
                                                          "version that had none. Nothing can be proven.")},
    ChainFaultInfo{"identity-changed",
                   QT_TRANSLATE_NOOP("Audit", "What the file says about its session is not what the recording began "
                                              "with.")},
    ChainFaultInfo{"unreadable", QT_TRANSLATE_NOOP("Audit", "Entry %1 cannot be read: the bytes that hold it are "
                                                            "damaged.")},
    ChainFaultInfo{"entry-changed", QT_TRANSLATE_NOOP("Audit", "Entry %1 is not the one that was recorded: it was "
                                                               "changed, or another one stands in its place.")},
    ChainFaultInfo{"payload-changed", QT_TRANSLATE_NOOP("Audit", "The payload of entry %1 was changed: it is not the "
                                                                 "one that the entry's SHA-256 is of.")},
    ChainFaultInfo{"payload-missing", QT_TRANSLATE_NOOP("Audit", "The payload of entry %1 was taken out, and no entry "
                                                                 "says that retention removed it.")},
    ChainFaultInfo{"overview-changed",
                   QT_TRANSLATE_NOOP("Audit", "The totals that the block from entry %1 states were changed.")},
    ChainFaultInfo{"entries-missing", QT_TRANSLATE_NOOP("Audit", "Entries %1 to %2 were removed.")},
    ChainFaultInfo{"entry-inserted", QT_TRANSLATE_NOOP("Audit", "Entry %1 was inserted afterwards.")},
    ChainFaultInfo{"entries-reordered", QT_TRANSLATE_NOOP("Audit", "Entries %1 and %2 have changed places.")},
    ChainFaultInfo{"chain-remade", QT_TRANSLATE_NOOP("Audit", "The chain was made anew without the key: entries %1 to "
                                                              "%2 are not those that were signed.")},
    ChainFaultInfo{"checkpoint-forged", QT_TRANSLATE_NOOP("Audit", "The signature of checkpoint %3 is not valid: "
                                                                   "entries from %1 on are not proven.")},
    ChainFaultInfo{"checkpoint-missing", QT_TRANSLATE_NOOP("Audit", "Checkpoint %3 was removed: entries from %1 on "
                                                                    "are not proven.")},
    ChainFaultInfo{"wrong-key", QT_TRANSLATE_NOOP("Audit", "Checkpoint %3 is not signed with the expected key.")},
    ChainFaultInfo{"end-changed", QT_TRANSLATE_NOOP("Audit", "Whether and when the recording ended is not what its "
                                                             "last checkpoint says.")},
    ChainFaultInfo{"unsigned", QT_TRANSLATE_NOOP("Audit", "Entries %1 to %2 were added after the end, and nobody "
                                                          "signed them.")},
    ChainFaultInfo{"tail-missing", QT_TRANSLATE_NOOP("Audit", "Entries %1 to %2 are missing at the end: the tail was "
                                                              "cut, or an older copy of the file was put back.")},
    ChainFaultInfo{"not-signed", QT_TRANSLATE_NOOP("Audit", "The entries fit each other, but nobody signed them: "
                                                            "anybody could have made them anew.")},
    ChainFaultInfo{"anchor-differs", QT_TRANSLATE_NOOP("Audit", "No entry of this log fits the anchor: it is another "
                                                                "log, was cut, or was made anew.")},
};
static_assert(infos.size() == std::size_t(ChainFault::AnchorDiffers) + 1);

} // namespace

const ChainFaultInfo& chainFaultInfo(ChainFault fault)
{
    return infos[std::min(std::size_t(fault), infos.size() - 1)];
}

const char* chainLimits()
{
    return QT_TRANSLATE_NOOP("Audit", "Tamper-evident, not tamper-proof: whoever holds the signing key can write "
                                      "another log from any point on; only an anchor kept elsewhere shows that.");
}

} // namespace framescope
