import { listChannels } from "../api/settings.ts";
import { useApp } from "./app.tsx";
import { useLoad } from "./use-load.ts";

/** What a channel is called; `Chat` while that is not known. */
export function useChannelNames(): (channelId: string) => string {
  const { api } = useApp();
  const { data } = useLoad("channel-names", async (signal) => {
    const channels = await listChannels(api, signal);
    return new Map(channels.map((channel) => [channel.channelId, channel.name]));
  });
  return (channelId) => data?.get(channelId) ?? "Chat";
}
